/** The whole: the frame, crashes, buttons that are everywhere. */
export const app = {
  "app.name": "Inkspot",
  "app.loading": "Opening Inkspot",
  "app.notFound": "There is nothing at this address.",
  "app.home": "Go to your conversations",
  "app.crashed": "Something went wrong on this page. Your messages are safe.",
  "app.reload": "Load it again",

  "time.at": "{day}, {time}",

  "common.cancel": "Cancel",
  "common.close": "Close",

  "toast.label": "Notices",
  "toast.undo": "Undo",
  "toast.close": "Put this notice away",
} as const;
