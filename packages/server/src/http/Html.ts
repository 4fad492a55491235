/** Text in pages: what comes from outside must not become markup. */

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\"": "&quot;",
  "'": "&#39;"
}

/** The text with every character escaped that means something in HTML, inside of elements and of quoted attributes. */
export const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]!)
