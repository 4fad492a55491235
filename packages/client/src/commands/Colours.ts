/** Colours of a terminal, where it has them and the user wants them. */

/** Each function marks a text as what it says; without colours it stays as it is. */
export interface Colours {
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly busy: (text: string) => string
  readonly dim: (text: string) => string
}

const sgr = (code: number) => (text: string): string => `\u001B[${code}m${text}\u001B[0m`
const plain = (text: string): string => text

/** No colours: for pipes and files. */
export const none: Colours = { good: plain, bad: plain, busy: plain, dim: plain }

const all: Colours = { good: sgr(32), bad: sgr(31), busy: sgr(33), dim: sgr(2) }

/** Whether a terminal shows colours, by what the environment says of it (https://no-color.org). */
export const hasColours = (
  isTerminal: boolean,
  environment: Readonly<Record<string, string | undefined>>
): boolean => {
  const { FORCE_COLOR: force = "", NO_COLOR: no = "", TERM: terminal } = environment
  if (terminal === "dumb" || no !== "") return false
  return isTerminal || (force !== "" && force !== "0" && force !== "false")
}

/**
 * The colours that standard output takes: all on a terminal, none elsewhere, as `NO_COLOR` and `FORCE_COLOR` decide.
 */
export const ofOutput = (): Colours => hasColours(process.stdout.isTTY === true, process.env) ? all : none
