/** The whole: the frame, crashes, buttons that are everywhere. */
export const app = {
  "app.name": "Inkspot",
  "app.loading": "Abriendo Inkspot",
  "app.notFound": "No hay nada en esta dirección.",
  "app.home": "Ir a tus conversaciones",
  "app.crashed": "Algo ha fallado en esta página. Tus mensajes están a salvo.",
  "app.reload": "Volver a cargar",

  "time.at": "{day}, {time}",

  "common.cancel": "Cancelar",
  "common.close": "Cerrar",
  "common.both": "{a}, {b}",

  "toast.label": "Avisos",
  "toast.undo": "Deshacer",
  "toast.close": "Quitar este aviso",

  "signin.ended.signed_out": "Se ha cerrado tu sesión en este dispositivo.",
  "signin.ended.disabled": "Esta cuenta se ha desactivado. Quien administra el servidor puede volver a activarla.",
  "signin.ended.password_changed": "La contraseña ha cambiado. Entra con la nueva.",
  "signin.ended.session_ended": "Tu sesión ha terminado. Vuelve a entrar, por favor.",

  "common.save": "Guardar",
} as const;
