/** The composer. */
export const write = {
  "write.label": "Message",
  "write.placeholder": "Write to {title}",
  "write.send": "Send",
  "write.left": { one: "{n} character left", other: "{n} characters left" },
  "write.over": { one: "{n} character too many", other: "{n} characters too many" },

  "write.attach": "Add files",
  "write.drop": "Drop to add to this conversation",
  "write.code": "Code: Enter makes a new line",
  "write.preview": "Preview",
  "write.people": "People to name",
  "write.offers": { one: "{n} suggestion", other: "{n} suggestions" },
  "write.all": "everybody",
  "write.allHint": { one: "@all, {n} person", other: "@all, {n} people" },

  "paste.long": "That is a long text.",
  "paste.file": "Send it as the file {name}",
  "paste.done": "It goes as the file {name}.",

  "emoji.title": "Emoji",
  "emoji.open": "Add an emoji",
  "emoji.failed": "They can't be loaded without a connection.",
  "code.plain": "Code",
  "code.copy": "Copy the code: {name}",
  "code.copyShort": "Copy",
  "code.copied": "Copied",
  "fold.more": "Show all",
  "fold.less": "Show less",
} as const;
