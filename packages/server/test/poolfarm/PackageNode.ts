/** A node of the builder pool in this process, which brings packages that were made before: what is tested is the pool, not rpmbuild. */
import type { NodeTaskWire } from "@orch/api/albs/BuildWire"
import * as ArtifactHref from "@orch/server/artifacts/ArtifactHref"
import { ArtifactStore } from "@orch/server/artifacts/ArtifactStore"
import { BuilderPool } from "@orch/server/builders/BuilderPool"
import * as LocalBuildSystem from "@orch/server/localbuild/LocalBuildSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as SmallProcess from "../../../../tooling/SmallProcess.ts"
import * as SpecFile from "../support/SpecFile.ts"

/** Makes packages of these names below `directory`. */
export const makePackages = (directory: string, names: ReadonlyArray<string>): void => {
  Fs.mkdirSync(directory, { recursive: true })
  const specs = names.map((name) => {
    const spec = Path.join(directory, `${name}.spec`)
    Fs.writeFileSync(spec, SpecFile.make(name))
    return spec
  })
  const options = ["-ba", "--nodeps", "--define", `_topdir ${directory}`, "--define", "dist %{nil}"]
  SmallProcess.output("rpmbuild", [...options, ...specs])
}

/** Takes tasks for as long as the layer lives: `broken` fails, `hanging` never ends, of all others it brings what lies in `directory`. */
export const layer = (directory: string): Layer.Layer<never, never, BuilderPool | ArtifactStore> =>
  Layer.effectDiscard(Effect.gen(function*() {
    const pool = yield* BuilderPool
    const store = yield* ArtifactStore
    const files = Fs.readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".rpm")
    )
    const round = Effect.gen(function*() {
      const task = yield* pool.handOut({ node: "n1", arches: ["src", LocalBuildSystem.hostArch], excluded: [] })
      if (task === undefined) return yield* Effect.sleep("10 millis")
      const { arch, ref } = task.payload as NodeTaskWire
      const name = Path.basename(ref.url)
      if (name === "hanging") return
      const status = name === "broken" ? "failed" : "done"
      const brought = files.filter((file) =>
        Path.basename(file).startsWith(`${name}-1-1.`) && file.endsWith(".src.rpm") === (arch === "src")
      )
      const artifacts = yield* Effect.forEach(
        status === "done" ? brought : [],
        (file) =>
          Effect.map(store.keep(Path.join(directory, file)), ({ sha256 }) => ({
            name: Path.basename(file),
            type: "rpm",
            href: ArtifactHref.artifact(sha256),
            sha256
          }))
      )
      yield* Effect.ignore(pool.report("n1", Number(task.id), task.token, { status, artifacts }))
    })
    yield* Effect.forkScoped(Effect.forever(round))
  }))
