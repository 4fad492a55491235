/**
 * What nodes bring, looked at before it is believed: every file is there, is what its checksum says, is the package its name says, and is
 * made from the source package of its task.
 */
import * as ArtifactPlace from "@orch/core/packagebuild/ArtifactPlace"
import type { TaskArtifact } from "@orch/core/packagebuild/BuildTask"
import { RepositoryHostError } from "@orch/core/ports/RepositoryHost"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Path from "node:path"
import * as ArtifactHref from "../artifacts/ArtifactHref.ts"
import type { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import * as PackageHeader from "../localbuild/PackageHeader.ts"
import * as RpmTool from "../localbuild/RpmTool.ts"

/** What a node brought cannot be taken. */
export class ArtifactsUnusable extends Data.TaggedError("ArtifactsUnusable")<{ readonly message: string }> {}

/** A file that was looked at. */
export interface Checked {
  readonly artifact: TaskArtifact
  readonly path: string
  /** Of packages: `name-epoch:version-release.arch`. */
  readonly nevra: string | undefined
}

const unusable = (message: string) => new ArtifactsUnusable({ message })

/** What a file says that it is. */
const headerOf = (name: string, path: string) =>
  PackageHeader.read(path).pipe(
    Effect.mapError(({ message, reason }) =>
      reason === "failed"
        ? unusable(`${name} is no package that rpm can read`)
        : new RepositoryHostError({
          reason: reason === "missing" ? "refused" : "unreachable",
          operation: "rpm",
          message
        })
    )
  )

/**
 * Looks at the files of one task. `source` is the file name of its source package, where there is one. Fails with
 * `ArtifactsUnusable`, or with `RepositoryHostError` where this machine cannot look.
 */
export const check = (
  store: ArtifactStore["Service"],
  artifacts: ReadonlyArray<TaskArtifact>,
  source: string | undefined
): Effect.Effect<ReadonlyArray<Checked>, ArtifactsUnusable | RepositoryHostError> =>
  Effect.andThen(
    readAhead(store, artifacts),
    Effect.forEach(
      artifacts,
      Effect.fnUntraced(function*(artifact): Effect.fn.Return<Checked, ArtifactsUnusable | RepositoryHostError> {
        const sha256 = ArtifactHref.parse(artifact.href)
        if (sha256 === undefined) {
          return yield* unusable(`${artifact.name}: ${artifact.href} is no artifact of this server`)
        }
        const found = yield* store.find(sha256)
        if (found === undefined) return yield* unusable(`${artifact.name} was never uploaded`)
        if (artifact.sha256 !== undefined && artifact.sha256 !== sha256) {
          return yield* unusable(`${artifact.name} has sha256 ${sha256}, and ${artifact.sha256} was reported`)
        }
        if (artifact.type !== "rpm") return { artifact, path: found.path, nevra: undefined }
        const header = yield* headerOf(artifact.name, found.path)
        if (`${header.nevra.replace(/-\d+:/, "-")}.rpm` !== artifact.name) {
          return yield* unusable(`${artifact.name} is ${header.nevra}`)
        }
        if (source !== undefined && !ArtifactPlace.isSource(artifact.name) && header.source !== source) {
          return yield* unusable(`${artifact.name} is made from ${header.source}, and not from ${source}`)
        }
        const { license, nevra } = header
        return {
          artifact: { ...artifact, sha256, nevra, ...(license === "" ? {} : { license }) },
          path: found.path,
          nevra
        }
      }),
      { concurrency: 4 }
    )
  )

const readAhead = Effect.fnUntraced(function*(
  store: ArtifactStore["Service"],
  artifacts: ReadonlyArray<TaskArtifact>
) {
  const paths: Array<string> = []
  for (const { href, type } of artifacts) {
    const sha256 = type === "rpm" ? ArtifactHref.parse(href) : undefined
    const found = sha256 === undefined ? undefined : yield* store.find(sha256)
    if (found !== undefined) paths.push(found.path)
  }
  yield* PackageHeader.readAhead(paths)
})

/** What rpm says of signatures: the header's own, of either kind. */
const signatureQuery = "%|RSAHEADER?{%{RSAHEADER:pgpsig}}:{%|DSAHEADER?{%{DSAHEADER:pgpsig}}:{none}|}|\\n"

/** Fails with `ArtifactsUnusable` when a package is not signed with the key of this id, 16 hexadecimal digits. */
export const checkSignatures = (
  checked: ReadonlyArray<Checked>,
  keyId: string
): Effect.Effect<void, ArtifactsUnusable | RepositoryHostError> =>
  Effect.forEach(
    checked,
    Effect.fnUntraced(function*({ artifact, path }) {
      const said = yield* RpmTool.run(
        "rpm",
        ["-qp", "--nosignature", "--nodigest", "--qf", signatureQuery, `./${Path.basename(path)}`],
        { cwd: Path.dirname(path) }
      ).pipe(
        Effect.mapError(({ message, reason }) =>
          new RepositoryHostError({
            reason: reason === "missing" ? "refused" : "unreachable",
            operation: "rpm",
            message
          })
        )
      )
      const found = /key id ([0-9a-f]{16})/i.exec(said)?.[1]
      if (found?.toLowerCase() !== keyId.toLowerCase()) {
        return yield* unusable(
          found === undefined
            ? `${artifact.name} is not signed`
            : `${artifact.name} is signed with ${found.toUpperCase()}, not with ${keyId.toUpperCase()}`
        )
      }
    }),
    { concurrency: 4, discard: true }
  )
