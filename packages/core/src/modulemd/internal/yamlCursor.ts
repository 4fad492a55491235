/**
 * A place in YAML text, and the white space, line breaks and comments between tokens as libyaml sees them: tabs only
 * where no key can start, a comment also straight after a token.
 */
import type * as Problem from "../ModulemdProblem.ts"

export class YamlSyntaxError {
  readonly offset: number
  readonly message: string
  readonly code: Problem.Code
  readonly hint: string | undefined

  constructor(offset: number, message: string, code: Problem.Code = "yaml-syntax", hint?: string) {
    this.offset = offset
    this.message = message
    this.code = code
    this.hint = hint
  }
}

export const isBreak = (code: number): boolean =>
  code === 10 || code === 13 || code === 0x85 || code === 0x2028 || code === 0x2029

/** Blank, line break or the end of the text (where the code is NaN). */
export const isBlankOrEnd = (code: number): boolean => code === 32 || code === 9 || isBreak(code) || code !== code

export class YamlCursor {
  readonly text: string
  pos: number
  lineStart: number

  constructor(text: string, pos: number) {
    this.text = text
    this.pos = pos
    this.lineStart = pos
  }

  get column(): number {
    return this.pos - this.lineStart
  }

  code(ahead = 0): number {
    return this.text.charCodeAt(this.pos + ahead)
  }

  /** Steps over one line break, two characters when it is CR LF. */
  lineBreak(): void {
    this.pos += this.code() === 13 && this.code(1) === 10 ? 2 : 1
    this.lineStart = this.pos
  }

  /** Goes to the next token; `tabs` says whether tabs may come before the first line break. */
  skip(flow: boolean, tabs: boolean): void {
    const text = this.text
    for (;;) {
      let code = text.charCodeAt(this.pos)
      while (code === 32 || (code === 9 && tabs)) code = text.charCodeAt(++this.pos)
      if (code === 35) {
        do code = text.charCodeAt(++this.pos)
        while (!isBreak(code) && code === code)
      }
      if (isBreak(code)) {
        this.lineBreak()
        tabs = flow
        continue
      }
      if (code === 0xfeff && this.pos === this.lineStart) {
        this.pos++
        this.lineStart = this.pos
        continue
      }
      if (code === 9) throw new YamlSyntaxError(this.pos, "a tab cannot indent", "yaml-syntax", "use spaces")
      return
    }
  }

  /** Whether a document ends here: at the end of the text, or at a marker or directive that starts a line. */
  atDocumentEnd(): boolean {
    const code = this.code()
    if (code !== code) return true
    if (this.pos !== this.lineStart) return false
    return code === 37 || this.atMarker(45) || this.atMarker(46)
  }

  /** Whether `---` (45) or `...` (46) stands at the start of this line. */
  atMarker(code: number): boolean {
    return this.pos === this.lineStart && this.code() === code && this.code(1) === code && this.code(2) === code &&
      isBlankOrEnd(this.code(3))
  }

  fail(message: string, offset = this.pos, hint?: string): never {
    throw new YamlSyntaxError(offset, message, "yaml-syntax", hint)
  }
}
