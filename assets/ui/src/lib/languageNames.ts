/** The languages of the interface, each called as those who speak it call it. */
export const LANGUAGE_NAMES = {
  en: "English",
  de: "Deutsch",
  es: "Español",
  zh: "简体中文",
  ar: "العربية",
} as const;
