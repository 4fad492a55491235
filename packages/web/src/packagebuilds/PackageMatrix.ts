/** The tasks of a package build as a matrix: a row for each package, a column for each platform and architecture. */
import type { PackageBuildTask } from "@orch/api/orch/PackageBuildsApi"
import type { PackageChecks } from "@orch/api/orch/PackageChecksApi"

type Test = PackageChecks["tests"][number]

/** A place in the matrix. */
export interface Cell {
  readonly task: PackageBuildTask
  readonly tests: ReadonlyArray<Test>
}

/** One package. */
export interface Row {
  /** From 0: its position among the references. */
  readonly position: number
  readonly name: string
  /** In the order of the columns; `undefined` where nothing is built. */
  readonly cells: ReadonlyArray<Cell | undefined>
}

/** The columns, each `PLATFORM ARCH`, and the rows. */
export interface Matrix {
  readonly columns: ReadonlyArray<string>
  readonly rows: ReadonlyArray<Row>
}

const columnOf = ({ arch, platform }: PackageBuildTask): string => `${platform} ${arch}`

/** The position of a task's package: the last part of its name. */
const positionOf = ({ name }: PackageBuildTask): number => Number(name.slice(name.lastIndexOf("/") + 1)) || 0

/** Whether a cell is one that a person should look at first. */
export const isWrong = ({ task, tests }: Cell): boolean =>
  task.state === "failed" || tests.some(({ state }) => state === "failed")

/** Source packages first, then by platform and architecture; rows with something wrong keep their place, since each has an address. */
export const of = (tasks: ReadonlyArray<PackageBuildTask>, tests: ReadonlyArray<Test>): Matrix => {
  const byTask = Map.groupBy(tests, ({ task }) => task)
  const columns = [...new Set(tasks.map(columnOf))].sort((a, b) => {
    const isSource = (one: string) => one.endsWith(" src") ? 0 : 1
    const [x, y] = [a.split(" ")[0]!, b.split(" ")[0]!]
    return x === y ? isSource(a) - isSource(b) || (a < b ? -1 : 1) : x < y ? -1 : 1
  })
  const place = new Map(columns.map((column, index) => [column, index]))
  const rows = new Map<number, { readonly name: string; readonly cells: Array<Cell | undefined> }>()
  for (const task of tasks) {
    const position = positionOf(task)
    const row = rows.get(position) ?? { name: task.package, cells: columns.map(() => undefined) }
    rows.set(position, row)
    row.cells[place.get(columnOf(task))!] = { task, tests: byTask.get(task.id) ?? [] }
  }
  return {
    columns,
    rows: [...rows].sort(([a], [b]) => a - b).map(([position, row]) => ({ position, ...row }))
  }
}
