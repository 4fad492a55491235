/** The repositories of a buildroot, one for each architecture: what the components that are built next may require. */
import * as Arch from "@orch/core/Arch"
import type { Artifact } from "@orch/core/farm/Artifact"
import * as Nevra from "@orch/core/Nevra"
import type { Content, RepositoryHost } from "@orch/core/ports/RepositoryHost"
import * as Effect from "effect/Effect"
import * as Crypto from "node:crypto"
import * as SelfUrl from "../albs/SelfUrl.ts"
import type { BuildrootRepository } from "./statements/PoolFarmStatements.ts"

type Host = RepositoryHost["Service"]

const hostName = (id: string, arch: string): string => `buildroots/${arch}/b-${id}`

/** Makes them; safe to repeat. What was admitted before stays. */
export const ensure = (host: Host, id: string, arches: ReadonlyArray<string>) =>
  Effect.forEach(
    arches,
    Effect.fnUntraced(function*(arch) {
      yield* host.ensure(hostName(id, arch))
      const { url } = yield* host.publish(hostName(id, arch))
      return { arch, name: `${id}-${arch}-br`, url: SelfUrl.store(url) } satisfies BuildrootRepository
    }),
    { concurrency: 4 }
  )

/** Whether a package belongs into the buildroot of an architecture: one that has a buildroot of its own goes to that alone. */
const belongs = (packageArch: string, arch: string, arches: ReadonlyArray<string>): boolean =>
  !Arch.isSource(packageArch)
  && (packageArch === arch || packageArch === "noarch"
    || (!arches.includes(packageArch) && Arch.runsOn(packageArch, arch)))

/** Puts packages into the buildroot, all of an architecture at once. The same packages again change nothing. */
export const admit = (host: Host, id: string, arches: ReadonlyArray<string>, artifacts: ReadonlyArray<Artifact>) =>
  Effect.forEach(
    arches,
    Effect.fnUntraced(function*(arch) {
      const name = hostName(id, arch)
      const add = artifacts.flatMap(({ location, nevra, sha256 }): ReadonlyArray<Content> =>
        belongs(Nevra.parseUnsafe(nevra).arch, arch, arches)
          ? [{ _tag: "Package", nevra, location, ...(sha256 === undefined ? {} : { sha256 }) }]
          : []
      )
      if (add.length === 0) return
      const parts = artifacts.map(({ nevra, sha256 }) => `${nevra} ${sha256 ?? ""}`).sort()
      const key = Crypto.createHash("sha256").update(parts.join("\n")).digest("hex")
      yield* host.change(name, { key, add, remove: [] })
      yield* host.publish(name)
    }),
    { concurrency: 4, discard: true }
  )

/** Removes them; those that are not there are fine. */
export const remove = (host: Host, id: string, arches: ReadonlyArray<string>) =>
  Effect.forEach(arches, (arch) => host.remove(hostName(id, arch)), { concurrency: 4, discard: true })
