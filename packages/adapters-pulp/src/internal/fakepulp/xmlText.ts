/** Text in XML that the fake writes. */

/** The text with what XML reads as markup written as numbers; nothing for what is absent. */
export const escape = (text: unknown): string =>
  String(text ?? "").replace(/[<>&"]/g, (found) => `&#${found.charCodeAt(0)};`)
