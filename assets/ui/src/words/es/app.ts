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

  "toast.label": "Avisos",
  "toast.undo": "Deshacer",
  "toast.close": "Quitar este aviso",
} as const;
