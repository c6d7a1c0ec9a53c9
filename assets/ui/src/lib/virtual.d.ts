/** Made by `scripts/emoji.mjs`. */
declare module "virtual:emoji/base" {
  const rows: import("./emoji").EmojiRow[];
  export default rows;
}
declare module "virtual:emoji/*" {
  const names: string[];
  export default names;
}
