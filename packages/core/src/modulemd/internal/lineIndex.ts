/**
 * Lines and columns of offsets, worked out only when there is something to show.
 */

export interface Place {
  readonly line: number
  readonly column: number
  readonly excerpt: string
}

const width = 120

export class LineIndex {
  private readonly text: string
  private starts: Array<number> | undefined

  constructor(text: string) {
    this.text = text
  }

  locate(offset: number): Place {
    const starts = this.starts ??= lineStarts(this.text)
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    const start = starts[low]!
    const column = Math.max(0, offset - start)
    const end = low + 1 < starts.length ? starts[low + 1]! : this.text.length
    // A long line is cut so that the caret stays in sight. No more of it is looked at: it may hold thousands of problems.
    const from = column > width - 20 ? column - 40 : 0
    const shown = this.text.slice(start + from, Math.min(end, start + from + width)).replace(/[\r\n]+$/, "")
    return {
      line: low + 1,
      column: column + 1,
      excerpt: `${shown}\n${" ".repeat(Math.min(column - from, shown.length))}^`
    }
  }
}

const lineStarts = (text: string): Array<number> => {
  const starts = [0]
  if (!text.includes("\r")) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1)
    return starts
  }
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1)
  }
  return starts
}
