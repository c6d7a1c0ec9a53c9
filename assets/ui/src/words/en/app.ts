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
  "common.both": "{a}, {b}",

  "toast.label": "Notices",
  "toast.undo": "Undo",
  "toast.close": "Put this notice away",

  "signin.ended.signed_out": "You were signed out on this device.",
  "signin.ended.disabled": "This account was disabled. An administrator of the server can enable it again.",
  "signin.ended.password_changed": "The password was changed. Sign in with the new one.",
  "signin.ended.session_ended": "Your session has ended. Please sign in again.",

  "common.save": "Save",
} as const;
