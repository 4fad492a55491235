/** What people changed about a plan that they send back whole: the edits that make of the plan as it is the one they want. */
import type { WantedPlan, WantedRepository } from "@orch/api/albs/ReleaseWire"
import * as Nevra from "@orch/core/Nevra"
import { type Release, repositoriesOf } from "@orch/core/release/Release"
import * as ReleaseEdit from "@orch/core/release/ReleaseEdit"
import * as Result from "effect/Result"
import type { ProductionRepository } from "./ReleaseTargets.ts"

/** A place in the plan that cannot be understood. */
export interface Strange {
  readonly loc: ReadonlyArray<string | number>
  readonly message: string
}

const keyOf = (name: string, arch: string, debug: boolean): string => JSON.stringify([name, arch, debug])

const same = (one: ReadonlyArray<string>, two: ReadonlyArray<string>): boolean =>
  one.length === two.length && one.every((name) => two.includes(name))

/** Everything the plan speaks of, by identity, and where it goes. */
const current = (release: Release): ReadonlyMap<string, ReadonlyArray<string>> => {
  const found = new Map<string, Array<string>>(release.leftOut.map((id) => [id, []]))
  for (const { additions, name } of repositoriesOf(release)) {
    for (const addition of additions) {
      const id = addition._tag === "Package" ? addition.package.nevra : addition.module.id
      const known = found.get(id)
      if (known === undefined) found.set(id, [name])
      else known.push(name)
    }
  }
  return found
}

/** The edits of `by` between the release's plan and the one that is wanted, or what of it names nothing that is there. */
export const between = (
  release: Release,
  wanted: WantedPlan,
  repositories: ReadonlyArray<ProductionRepository>,
  by: string
): Result.Result<ReadonlyArray<ReleaseEdit.ReleaseEdit>, ReadonlyArray<Strange>> => {
  const hosts = new Map(
    repositories.map(({ record: { arch, debug, name }, target }) => [keyOf(name, arch, debug === true), target.name])
  )
  const strange: Array<Strange> = []
  const before = current(release)
  const { forced } = ReleaseEdit.join(release.edits)
  const said = new Map<string, ReadonlyArray<string>>()
  const why = "as the plan was sent back"
  const edits: Array<ReleaseEdit.ReleaseEdit> = []

  const namesOf = (given: ReadonlyArray<WantedRepository>, loc: ReadonlyArray<string | number>) =>
    given.flatMap(({ arch, debug, name }, index) => {
      const host = hosts.get(keyOf(name, arch, debug === true))
      if (host !== undefined) return [host]
      strange.push({ loc: [...loc, "repositories", index], message: `there is no repository ${name} for ${arch}` })
      return []
    })

  const place = (id: string, names: ReadonlyArray<string>, loc: ReadonlyArray<string | number>, isModule: boolean) => {
    const now = before.get(id)
    said.set(id, names)
    if (now === undefined) strange.push({ loc, message: `the release does not bring ${id}` })
    else if (!same(now, names)) {
      edits.push(
        names.length === 0
          ? { _tag: "Exclude", subject: id, by, why }
          : isModule
          ? { _tag: "PlaceModule", module: id, repositories: [...names], by, why }
          : { _tag: "Place", package: id, repositories: [...names], by, why }
      )
    }
  }

  for (const [index, { package: one, repositories: given }] of wanted.packages.entries()) {
    const loc = ["body", "plan", "packages", index]
    const text = `${one.name}-${one.epoch === "" ? 0 : one.epoch}:${one.version}-${one.release}.${one.arch}`
    const nevra = Nevra.parse(text)
    if (Result.isFailure(nevra)) {
      strange.push({ loc: [...loc, "package"], message: `${text} is no package` })
      continue
    }
    const id = Nevra.format(nevra.success)
    place(id, namesOf(given, loc), [...loc, "package"], false)
    if (one.force === true && !forced.has(id)) edits.push({ _tag: "Force", package: id, by, why })
  }
  const modules = Array.isArray(wanted.modules) ?
    wanted.modules as Exclude<
      WantedPlan["modules"],
      Readonly<Record<string, unknown>> | null | undefined
    > :
    []
  for (const [index, { module, repositories: given }] of modules.entries()) {
    const loc = ["body", "plan", "modules", index]
    const id = [module.name, module.stream, module.version, module.context, module.arch].join(":")
    place(id, namesOf(given, loc), [...loc, "module"], true)
  }
  // Modules may be left out of what is sent; packages that are left out are not wanted.
  for (const [id, now] of before) {
    if (said.has(id) || now.length === 0 || Result.isFailure(Nevra.parse(id))) continue
    edits.push({ _tag: "Exclude", subject: id, by, why })
  }
  return strange.length > 0 ? Result.fail(strange) : Result.succeed(edits)
}
