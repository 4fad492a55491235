/** Applies the import rules, the limits of size and the rules for names to a set of files, and finds circular imports. */
import { posix } from "node:path"
import { emptyNames, layers, maximumLinesOfCode, type Rule, rules } from "./rooms.ts"
import type { Import, SourceFile } from "./SourceFile.ts"

export interface Violation {
  readonly path: string
  readonly line: number
  readonly message: string
}

const applyRule = (file: SourceFile, rule: Rule): ReadonlyArray<Violation> => {
  if (!rule.from.test(file.path) || rule.except?.test(file.path) === true) return []
  const found = (line: number, what: string): Violation => ({ path: file.path, line, message: `${what}: ${rule.name}` })
  const wrong = ({ target }: Import) => rule.only?.test(target) === false || rule.never?.test(target) === true
  return [
    ...file.imports.filter(wrong).map(({ line, specifier }) => found(line, `imports ${specifier}`)),
    ...file.uses.filter(({ what }) => rule.uses?.test(what) === true).map(({ line, what }) =>
      found(line, `uses ${what}`)
    )
  ]
}

const isSource = (path: string): boolean => /^packages\/[^/]+\/src\//.test(path)

/** A room's `internal/` folder is closed: only files beside or below the folder's parent may look inside. */
const checkInternal = (file: SourceFile): ReadonlyArray<Violation> =>
  file.imports.flatMap(({ line, specifier, target }) => {
    const room = /^(packages\/.*?\/)internal\//.exec(target)?.[1]
    return room === undefined || file.path.startsWith(room) || !isSource(file.path)
      ? []
      : [{ path: file.path, line, message: `imports ${specifier}: internal to ${room}` }]
  })

/**
 * A slice of the server keeps its statements and its face to itself: nobody else imports `statements/` but the list of
 * migrations, and `face/` but the wiring. A face speaks to its slice's services, never to statements.
 */
const checkSlices = (file: SourceFile): ReadonlyArray<Violation> =>
  file.imports.flatMap(({ line, specifier, target }) => {
    const [, slice, room] = /^packages\/server\/src\/([^/]+)\/(statements|face)\//.exec(target) ?? []
    if (slice === undefined || !isSource(file.path)) return []
    // The wiring has a file of its own for the one interface that nearly every slice answers a part of.
    const wiring = room === "statements" ? ["Migrations.ts"] : ["ServerLayer.ts", "ServerRoutes.ts", "AlbsRoutes.ts"]
    const isOwn = file.path.startsWith(`packages/server/src/${slice}/`) &&
      !(room === "statements" && file.path.startsWith(`packages/server/src/${slice}/face/`))
    return isOwn || wiring.some((name) => file.path === `packages/server/src/${name}`)
      ? []
      : [{ path: file.path, line, message: `imports ${specifier}: ${room} of the slice ${slice}` }]
  })

/** Another package is reached by its name, so that its `exports` and declared dependencies hold. */
const checkPackageEdges = (file: SourceFile): ReadonlyArray<Violation> => {
  const own = /^packages\/[^/]+\//.exec(file.path)?.[0]
  return own === undefined || !isSource(file.path) ? [] : file.imports
    .filter(({ specifier, target }) => specifier.startsWith(".") && !target.startsWith(own))
    .map(({ line, specifier }) => ({ path: file.path, line, message: `imports ${specifier}: outside of its package` }))
}

const checkShape = (file: SourceFile): ReadonlyArray<Violation> => {
  // Declarations for untyped packages are named after them.
  if (!isSource(file.path) || file.path.endsWith(".d.ts")) return []
  const at = (line: number, message: string): Violation => ({ path: file.path, line, message })
  const parts = file.path.split("/").slice(3)
  const name = posix.basename(file.path, ".ts")
  const free = ["main", "index"].includes(name) || parts.includes("internal") || parts.includes("migrations")
  return [
    ...file.syntaxErrors.map((message) => at(1, `does not parse: ${message}`)),
    ...file.linesOfCode > maximumLinesOfCode
      ? [at(1, `has ${file.linesOfCode} lines of code: ${maximumLinesOfCode} is the limit, 100 the aim`)]
      : [],
    ...file.opensWithComment || name === "index" ? [] : [at(1, "does not open with a comment that says why it exists")],
    ...parts.map((part) => part.replace(/\.ts$/, "")).filter((part) => emptyNames.has(part.toLowerCase()))
      .map((part) => at(1, `is called ${part}: a name that explains nothing`)),
    ...name === "index" && parts.length > 1 ? [at(1, "is an index below the root of its package")] : [],
    ...free || /^[A-Z][A-Za-z0-9]*$/.test(name) ? [] : [at(1, "modules are called InPascalCase")],
    ...file.imports.filter(({ wholesale }) => wholesale)
      .map(({ line, specifier }) => at(line, `export * from ${specifier}: exports are named by hand`))
  ]
}

/** Circles of a graph, each as the path that comes back to where it began. */
const circlesOf = (graph: ReadonlyMap<string, ReadonlyArray<string>>): ReadonlyArray<ReadonlyArray<string>> => {
  const state = new Map<string, "open" | "closed">()
  const found: Array<ReadonlyArray<string>> = []
  for (const start of graph.keys()) {
    if (state.has(start)) continue
    const path: Array<{ readonly at: string; next: number }> = [{ at: start, next: 0 }]
    state.set(start, "open")
    for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
      const target = graph.get(frame.at)?.[frame.next++]
      if (target === undefined) {
        state.set(frame.at, "closed")
        path.pop()
      } else if (state.get(target) === "open") {
        found.push([...path.slice(path.findIndex(({ at }) => at === target)).map(({ at }) => at), target])
      } else if (!state.has(target) && graph.has(target)) {
        state.set(target, "open")
        path.push({ at: target, next: 0 })
      }
    }
  }
  return found
}

/** Circles of imports between files, types included; a file may import itself, to name its module. */
export const cycles = (files: ReadonlyArray<SourceFile>): ReadonlyArray<ReadonlyArray<string>> =>
  circlesOf(
    new Map(files.map(({ imports, path }) => [path, imports.map(({ target }) => target).filter((to) => to !== path)]))
  )

/**
 * The room of a source file: its folder, where `internal/` belongs to the folder around it. A file at the top of a package is a
 * room of its own: such files lie below some folders and above others.
 */
const roomOf = (path: string): string | undefined => {
  const [, top, inside] = /^(packages\/[^/]+\/src\/)(.*)$/.exec(path) ?? []
  if (top === undefined || inside === undefined) return undefined
  const folder = posix.dirname(inside).replace(/(?<=.)\/internal(?:\/.*)?$/, "")
  return folder === "." || folder === "internal" ? path : `${top}${folder}/`
}

/** Circles of imports between rooms, types included. */
export const roomCycles = (files: ReadonlyArray<SourceFile>): ReadonlyArray<ReadonlyArray<string>> => {
  const graph = new Map<string, Array<string>>()
  for (const { imports, path } of files) {
    const room = roomOf(path)
    if (room === undefined) continue
    const targets = imports.flatMap(({ target }) => roomOf(target) ?? []).filter((target) => target !== room)
    graph.set(room, [...graph.get(room) ?? [], ...targets])
  }
  return circlesOf(graph)
}

/** Rooms of layered packages import what lies below them: never upwards, never sideways. */
const checkLayers = (file: SourceFile): ReadonlyArray<Violation> =>
  layers.flatMap(({ levels, top }) => {
    const levelOf = (path: string) => {
      const room = path.startsWith(top) ? path.slice(top.length).split("/").slice(0, -1)[0] ?? "" : undefined
      return room === undefined ? undefined : { room, level: levels.findIndex((rooms) => rooms.includes(room)) }
    }
    const own = levelOf(file.path)
    if (own === undefined || file.path === `${top}index.ts`) return []
    if (own.level < 0) {
      const message = `lies in ${own.room}, which has no level: give it one in tooling/boundaries/rooms.ts`
      return [{ path: file.path, line: 1, message }]
    }
    return file.imports.flatMap(({ line, specifier, target }) => {
      const other = levelOf(target)
      return other === undefined || other.room === own.room || other.level < own.level
        ? []
        : [{
          path: file.path,
          line,
          message: `imports ${specifier}: ${other.room || "the top"} is not below ${own.room || "the top"}`
        }]
    })
  })

export const check = (files: ReadonlyArray<SourceFile>): ReadonlyArray<Violation> => [
  ...files.flatMap((file) => rules.flatMap((rule) => applyRule(file, rule))),
  ...files.flatMap(checkInternal),
  ...files.flatMap(checkSlices),
  ...files.flatMap(checkPackageEdges),
  ...files.flatMap(checkShape),
  ...files.flatMap(checkLayers),
  ...[
    ...cycles(files.filter(({ path }) => isSource(path))),
    ...roomCycles(files.filter(({ path }) => isSource(path)))
  ].map((path) => ({ path: path[0] as string, line: 1, message: `imports itself: ${path.join(" -> ")}` }))
]
