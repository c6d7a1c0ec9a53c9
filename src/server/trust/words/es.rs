//! Spanish.

use super::{Steps, Words};

pub(in crate::server::trust) const WORDS: Words = Words {
    tag: "es",
    direction: "ltr",
    own_name: "Español",
    languages: "Idioma",
    title: "Haz que este dispositivo confíe en {name}",
    lede: "{name} funciona en una máquina cercana, así que ninguna autoridad pública responde por él. Tiene una autoridad propia. Instálala una vez en cada dispositivo y el aviso del navegador desaparece para siempre.",
    looking: "Comprobando si este dispositivo confía en {name}…",
    trusts: "Este dispositivo confía en {name}.",
    not_yet: "Este dispositivo todavía no confía en {name}. La página lo notará sola cuando lo haga.",
    passed_by: "A no ser que hayas descartado un aviso en este navegador: entonces solo los pasos de abajo lo hacen cierto.",
    scriptless: "Si aquí hay una marca, este dispositivo confía en {name}. Vuelve a cargar la página después de los pasos.",
    no_tick: "Sin marca",
    open: "Abrir {name}",
    here: "En este dispositivo",
    others: "En otros sistemas",
    each: "¿Qué sistema es?",
    download: "Descargar el certificado",
    download_profile: "Descargar el perfil",
    ios: Steps {
        system: "iPhone y iPad",
        steps: &[
            "En Safari, toca el botón de arriba y permite la descarga.",
            "Abre Ajustes y toca «Perfil descargado», arriba. (Después está en General, VPN y gestión de dispositivos.) Toca «Instalar» e introduce tu código.",
            "En Ajustes, ve a General, Información, Ajustes de confianza de los certificados, y activa «{authority}».",
        ],
    },
    android: Steps {
        system: "Android",
        steps: &[
            "Toca el botón de arriba. Guarda el archivo, no lo abras.",
            "Abre Ajustes y busca «Certificado de CA». Tócalo y después toca «Instalar de todos modos».",
            "Elige `inkspot-ca.cer` en las descargas.",
            "Puede que Android diga desde ahora que es posible que la red esté supervisada. Lo dice de toda autoridad que se instala; esta no puede hacerlo: míralo abajo.",
        ],
    },
    windows: Steps {
        system: "Windows",
        steps: &[
            "Haz clic en el botón de arriba y abre el archivo.",
            "Haz clic en «Instalar certificado…», elige «Usuario actual» y continúa.",
            "Elige «Colocar todos los certificados en el siguiente almacén», haz clic en «Examinar…» y elige «Entidades de certificación raíz de confianza».",
            "Finaliza, responde «Sí» y reinicia el navegador.",
        ],
    },
    mac: Steps {
        system: "Mac",
        steps: &[
            "Haz clic en el botón de arriba y abre el archivo. Acceso a Llaveros lo añade.",
            "Busca «{authority}» en la lista y haz doble clic.",
            "Abre «Confiar», elige «Confiar siempre» en «Al utilizar este certificado», cierra la ventana e introduce tu contraseña.",
            "Reinicia el navegador.",
        ],
    },
    linux: Steps {
        system: "Linux y ChromeOS",
        steps: &[
            "Descarga el certificado con el botón de arriba.",
            "Chrome y Chromium: abre Configuración, Privacidad y seguridad, Seguridad, Gestionar certificados. Importa allí el archivo como certificado de confianza o como autoridad que identifica sitios web.",
            "Para todos los programas en Debian y Ubuntu: `sudo cp inkspot-ca.crt /usr/local/share/ca-certificates/ && sudo update-ca-certificates`",
            "En Fedora y Arch: `sudo trust anchor inkspot-ca.crt`",
        ],
    },
    firefox: Steps {
        system: "Firefox, donde aún avise",
        steps: &[
            "Haz clic en el botón de arriba y guarda el archivo.",
            "Abre Ajustes, Privacidad y seguridad, Certificados, Ver certificados…, Autoridades, y haz clic en «Importar…».",
            "Elige `inkspot-ca.crt`, marca «Confiar en esta CA para identificar sitios web» y acepta.",
        ],
    },
    compare_title: "¿Es el correcto?",
    compare: "Antes de instalarlo, compara su huella (SHA-256). El dispositivo la muestra con el certificado; el servidor la escribe al arrancar, y quien lo lleva puede leértela.",
    power_title: "Qué puede hacer",
    power: "La autoridad puede responder por direcciones y nombres privados, como los de una red doméstica, y por los propios de este servidor, y por nada más: ni siquiera quien robase su clave podría hacerse pasar por otro sitio web.",
    elsewhere_title: "En otro dispositivo",
    elsewhere: "Lee el código con su cámara, o escribe la dirección:",
    code: "Código QR con la dirección de esta página",
    profile: "Hace que este dispositivo confíe en {name}.",
};
