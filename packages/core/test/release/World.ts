/** A small platform and packages for it. */
import type { ReleaseModule, ReleasePackage } from "../../src/release/ReleasePackage.ts"
import * as ReleasePlanning from "../../src/release/ReleasePlanning.ts"
import type {
  PresentPackage,
  ReferencePackage,
  ReleaseTarget,
  TargetRepository
} from "../../src/release/ReleaseTarget.ts"

const families = ["AppStream", "BaseOS", "Devel"]
const arches = ["x86_64", "aarch64"]

/** `el9/BaseOS/x86_64`, `el9/BaseOS/x86_64/debug`, `el9/BaseOS/src`. */
export const repositories: ReadonlyArray<TargetRepository> = families.flatMap((family) => [
  ...arches.flatMap((arch): ReadonlyArray<TargetRepository> => [
    { name: `el9/${family}/${arch}`, family, arch, kind: "binary" },
    { name: `el9/${family}/${arch}/debug`, family, arch, kind: "debug" }
  ]),
  { name: `el9/${family}/src`, family, arch: "src", kind: "source" }
])

export const key = "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334"

export const target: ReleaseTarget = {
  platform: "el9",
  repositories,
  rules: [],
  fallback: "Devel",
  keys: [key],
  signatures: "required",
  downgrades: "refused"
}

export const rpm = (nevra: string, more: Partial<ReleasePackage> = {}): ReleasePackage => ({
  nevra,
  sha256: `sum of ${nevra}`,
  location: `/rpms/${nevra}.rpm`,
  build: 1,
  source: nevra.replace(/-\d.*/, "").replace(/-(?:debuginfo|debugsource|libs|devel|new)$/, ""),
  signers: [key],
  ...more
})

export const present = (repository: string, nevra: string, more: Partial<PresentPackage> = {}): PresentPackage => ({
  repository,
  nevra,
  sha256: `sum of ${nevra}`,
  ...more
})

export const reference = (
  name: string,
  family: string,
  more: Partial<ReferencePackage> = {}
): ReferencePackage => ({
  name,
  family,
  arch: "x86_64",
  repositoryArch: "x86_64",
  platform: "reference-9",
  matched: "exact",
  ...more
})

export const module = (id: string, artifacts: ReadonlyArray<string> = [], text = `text of ${id}`): ReleaseModule => ({
  id,
  text,
  build: 1,
  artifacts
})

export const input = (more: Partial<ReleasePlanning.Input>): ReleasePlanning.Input => ({
  target,
  packages: [],
  modules: [],
  present: [],
  presentModules: [],
  reference: [],
  edits: [],
  ...more
})

export const plan = (more: Partial<ReleasePlanning.Input>) => ReleasePlanning.plan(input(more))

/** Repositories of a package of a plan, with their trust. */
export const placesOf = (made: ReturnType<typeof plan>, nevra: string): ReadonlyArray<string> =>
  made.packages.find((one) => one.package.nevra === nevra)?.places.map(({ repository, trust }) =>
    `${repository} ${trust}`
  ) ?? []
