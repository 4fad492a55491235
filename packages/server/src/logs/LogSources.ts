/** Where the bytes of a log are: files of the local farm, files that nodes brought, and what a hub serves. */
import { packageName } from "@orch/core/packagebuild/BuildRef"
import * as TaskName from "@orch/core/packagebuild/TaskName"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as FsPromises from "node:fs/promises"
import * as ArtifactHref from "../artifacts/ArtifactHref.ts"
import { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import { asUnavailable } from "../database/PgError.ts"
import * as TaskLog from "../localbuild/TaskLog.ts"
import * as OutgoingRequest from "../outgoing/OutgoingRequest.ts"
import * as Statements from "./statements/LogStatements.ts"

/** The address of a log. */
export interface LogAddress {
  readonly life: "module-build" | "package-build"
  readonly build: number
  /** A component's name, or a task's number. */
  readonly part: string
  readonly attempt: number | "latest"
  readonly arch: string | undefined
  readonly file: string | undefined
}

/** One log of several. */
export interface LogFile {
  readonly arch: string | undefined
  readonly name: string
}

/** A log that can be read. */
export interface LogSource {
  /** Names it among all logs, for ever. */
  readonly key: string
  /** The same for people, of a component alone: what lists look for. */
  readonly url: string
  readonly isOpen: Effect.Effect<boolean>
  /** Bytes from an offset on, at most so many; none at the end. */
  readonly read: (offset: number, most: number) => Effect.Effect<Uint8Array, LogMissing>
  readonly files: ReadonlyArray<LogFile>
  readonly attempts: number
}

/** There is no such log, for a reason that people can read. */
export class LogMissing extends Data.TaggedError("LogMissing")<{ readonly message: string }> {}

const missing = (message: string) => new LogMissing({ message })

const ofFile = (path: string) => (offset: number, most: number): Effect.Effect<Uint8Array, LogMissing> =>
  Effect.tryPromise({
    try: async () => {
      const file = await FsPromises.open(path, "r")
      try {
        const buffer = Buffer.alloc(most)
        const { bytesRead } = await file.read(buffer, 0, most, offset)
        return buffer.subarray(0, bytesRead)
      } finally {
        await file.close()
      }
    },
    catch: () => missing("The log is not kept any more")
  })

/** What another server serves, such as a hub: in pieces, where it can serve pieces. */
const ofUrl = (url: string) => (offset: number, most: number): Effect.Effect<Uint8Array, LogMissing> =>
  OutgoingRequest.send({
    method: "GET",
    url,
    headers: { range: `bytes=${offset}-${offset + most - 1}` },
    timeoutMillis: 20_000,
    maxBytes: offset + most,
    namedBy: "operator"
  }).pipe(
    Effect.mapError(({ message }) => missing(`The log cannot be read where it is: ${message}`)),
    Effect.flatMap(({ body, status }): Effect.Effect<Uint8Array, LogMissing> => {
      if (status === 206) return Effect.succeed(body.subarray(0, most))
      if (status === 416) return Effect.succeed(new Uint8Array())
      return status === 200
        ? Effect.succeed(body.subarray(offset, offset + most))
        : Effect.fail(missing(`The log cannot be read where it is: it answers ${status}`))
    })
  )

/** Servers that cannot serve pieces are asked for the beginning of a log again and again; no further than this. */
const mostOfUrl = 64 * 1024 * 1024

type Reading = Pick<LogSource, "read" | "isOpen">

/** Finds logs. */
export const make = Effect.fnUntraced(function*(dataDir: string) {
  const sql = yield* SqlClient.SqlClient
  const artifacts = yield* ArtifactStore
  const packages = yield* PackageBuilds

  const reading = Effect.fnUntraced(function*(
    url: string,
    isBuilding: Effect.Effect<boolean>
  ): Effect.fn.Return<Reading, LogMissing> {
    const task = /^\/logs\/([^/]+)$/.exec(url)?.[1]
    if (task !== undefined) {
      const found = TaskLog.find(dataDir, decodeURIComponent(task))
      if (found === undefined) return yield* missing("The log is not kept any more")
      return {
        read: (offset, most) =>
          found.isOpen()
            ? Effect.catchTag(ofFile(found.path)(offset, most), "LogMissing", () => Effect.succeed(new Uint8Array()))
            : ofFile(found.path)(offset, most),
        isOpen: Effect.sync(found.isOpen)
      }
    }
    const sha256 = /^\/pulp\/content\/artifacts\/([0-9a-f]{64})\//.exec(url)?.[1]
    if (sha256 !== undefined) {
      const found = yield* artifacts.find(sha256)
      if (found === undefined) return yield* missing("The log is not kept any more")
      return { read: ofFile(found.path), isOpen: Effect.succeed(false) }
    }
    if (!/^https?:\/\/[^?]*\.log$/.test(url)) return yield* missing(`The log is not served as text: see ${url}`)
    const read = ofUrl(url)
    return {
      read: (offset, most) => offset >= mostOfUrl ? Effect.succeed(new Uint8Array()) : read(offset, most),
      isOpen: isBuilding
    }
  })

  const component = (address: LogAddress) =>
    Statements.component(sql, address.build, address.part).pipe(asUnavailable("Logs.component"))

  const ofModule = Effect.fnUntraced(function*(
    address: LogAddress
  ): Effect.fn.Return<LogSource, LogMissing | StoreUnavailable> {
    const { arch, build, part } = address
    const [row] = yield* component(address)
    const name = part.slice(0, 100)
    if (row === undefined) return yield* missing(`Module build ${build} has no component ${name} that has begun`)
    const attempt = address.attempt === "latest" ? row.attempt : address.attempt
    if (attempt > row.attempt || attempt < 1) {
      return yield* missing(`${name} of module build ${build} was tried ${row.attempt} times, not ${attempt} times`)
    }
    const isCurrent = attempt === row.attempt
    if (isCurrent && row.reused_from !== null) {
      return yield* missing(`${name} was taken from module build ${row.reused_from}; its log is there`)
    }
    const byArch = isCurrent
      ? Object.entries(row.ended ?? {}).flatMap(([arch, { log }]) => log === undefined ? [] : [{ arch, log }])
      : []
    if (arch !== undefined && !byArch.some((one) => one.arch === arch)) {
      return yield* missing(`${name} has no log of its own for ${arch.slice(0, 40)}`)
    }
    const url = arch !== undefined
      ? byArch.find((one) => one.arch === arch)?.log
      : isCurrent
      ? row.log ?? undefined
      : (yield* Statements.earlier(sql, build, part, attempt).pipe(asUnavailable("Logs.earlier")))[0]?.log
    if (url === undefined) {
      return yield* missing(`Attempt ${attempt} of ${name} has no log${isCurrent ? `: it is ${row.state}` : ""}`)
    }
    const isBuilding = Effect.map(
      Effect.orElseSucceed(component(address), () => []),
      ([now]) => now !== undefined && now.attempt === attempt && now.state === "building"
    )
    return {
      ...(yield* reading(url, isBuilding)),
      key: `module-build/${build}/${part}/${attempt}${arch === undefined ? "" : `/${arch}`}`,
      url,
      files: byArch.length === 0 ? [{ arch: undefined, name: "build.log" }] : byArch.map(({ arch, log }) => ({
        arch,
        name: decodeURIComponent(log.split("/").at(-1) ?? "")
      })),
      attempts: row.attempt
    }
  })

  const ofPackage = Effect.fnUntraced(function*(
    { arch, attempt, build, file, part }: LogAddress
  ): Effect.fn.Return<LogSource, LogMissing | StoreUnavailable> {
    const { state } = yield* packages.get(build).pipe(
      Effect.catchTag("ProcessNotFound", () => Effect.fail(missing(`There is no package build ${build}`)))
    )
    const position = state.plan.tasks.findIndex((_, position) => `${TaskName.number(state.plan, position)}` === part)
    const plan = state.plan.tasks[position]
    if (plan === undefined) return yield* missing(`Package build ${build} has no task ${part.slice(0, 40)}`)
    const task = state.tasks.get(plan.name)!
    if (attempt !== "latest" && attempt !== task.attempt) {
      return yield* missing(`Of task ${part} the logs of attempt ${task.attempt} alone are known`)
    }
    const logs = task.artifacts.filter(({ type }) => type === "build_log")
    const chosen = logs.find(({ name }) => file === undefined ? /build/.test(name) : name === file)
      ?? (file === undefined ? logs[0] : undefined)
    const sha256 = chosen === undefined ? undefined : ArtifactHref.parse(chosen.href)
    if (chosen === undefined || sha256 === undefined || (arch !== undefined && arch !== plan.arch)) {
      return yield* missing(
        `Task ${part} (${
          packageName(state.plan.refs[plan.index]!)
        } for ${plan.arch}) has no such log: it is ${task.state}`
      )
    }
    const url = ArtifactHref.content(sha256, chosen.name)
    return {
      ...(yield* reading(url, Effect.succeed(false))),
      key: `package-build/${build}/${part}/${task.attempt}/${chosen.name}`,
      url,
      files: logs.map(({ name }) => ({ arch: plan.arch, name })),
      attempts: task.attempt
    }
  })

  return {
    find: (address: LogAddress) => address.life === "module-build" ? ofModule(address) : ofPackage(address)
  }
})
