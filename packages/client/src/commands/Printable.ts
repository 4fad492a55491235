/** Text of others, such as a sender's topic or somebody's comment, so that it cannot move the cursor or colour what stands around it. */

/** The text in one line: a space for line breaks and tabs, U+FFFD for every other control character. */
export const plain = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replaceAll(/[\t\n\r]+/g, " ").replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd")
