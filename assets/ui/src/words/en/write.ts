/** The composer. */
export const write = {
  "write.label": "Message",
  "write.placeholder": "Write to {title}",
  "write.send": "Send",
  "write.left": { one: "{n} character left", other: "{n} characters left" },
  "write.over": { one: "{n} character too many", other: "{n} characters too many" },

  "write.attach": "Add files",
  "write.drop": "Drop to add to this conversation",

  "code.plain": "Code",
  "code.copy": "Copy the code: {name}",
  "code.copyShort": "Copy",
  "code.copied": "Copied",
  "fold.more": "Show all",
  "fold.less": "Show less",
} as const;
