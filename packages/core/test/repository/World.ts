/** Small worlds of repositories and questions about them, made by a seeded generator so that a failure can be run again. */
import type * as DistroQuery from "../../src/repository/DistroQuery.ts"
import type { RepositoryPost } from "../../src/repository/RepositoryRecord.ts"
import type * as RepositorySearch from "../../src/repository/RepositorySearch.ts"

/** A generator of numbers below a bound (xorshift32). */
export const random = (seed: number) => {
  let state = (seed * 2654435761) >>> 0 || 1
  const below = (bound: number): number => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state % bound
  }
  const pick = <A>(values: ReadonlyArray<A>): A => values[below(values.length)]!
  return { below, pick }
}

const places = [
  ["ubuntu", "jammy"],
  ["ubuntu", "22.04"],
  ["centos", "9"],
  ["rocky", "9"],
  ["Ubuntu", "Jammy"],
  ["rocky", "9.4"]
] as const
const archs = ["x86_64", "arm64", "noarch"]
const refs = ["main", "wip"]
const flavors = ["default", "debug"]
const statuses = ["requested", "queued", "building", "ready", "failed"]

/** A post to one of few identities, so that most are updates. */
export const post = (seed: number, project: string): RepositoryPost => {
  const { below, pick } = random(seed)
  const n = below(12)
  const [distro, distroVersion] = places[n % places.length]!
  const complete = below(5) > 0
  return {
    identity: `https://chacra.example/${project}/${n}/`,
    project,
    chacraUrl: `https://chacra.example/${project}/${n}/`,
    status: below(20) === 0 ? "deleted" : pick(statuses),
    ...(complete
      ? { ref: refs[n % 2], sha1: `sha${n % 4}`, flavor: flavors[n % 3 === 0 ? 1 : 0], distro, distroVersion }
      : {}),
    // An address that comes to hold another build, told in whole or in part.
    ...(below(6) === 0 ? { sha1: `sha${below(4)}` } : {}),
    ...(below(8) === 0 ? { ref: pick(refs), flavor: pick(flavors) } : {}),
    ...(below(8) === 0 ? { distroVersion: pick(["9", "9.4", "22.04", "jammy"]) } : {}),
    ...(below(2) === 0 ? { url: `https://files.example/${below(3)}/` } : {}),
    ...(below(2) === 0 ? { archs: [pick(archs), pick(archs)] } : {}),
    ...(below(6) === 0 ? { removedArchs: [pick(archs)] } : {}),
    ...(below(3) === 0 ? { extra: { version: String(below(9)) } } : {}),
    ...(below(3) === 0 ? { sourceModified: BigInt(below(6)) } : {})
  }
}

const entry = (seed: number): DistroQuery.Entry => {
  const { below, pick } = random(seed)
  const [distro, version] = pick(places)
  return {
    distro,
    version: below(4) === 0 ? null : version,
    arch: below(3) === 0 ? pick(archs) : null,
    exact: below(2) === 0
  }
}

/** A question about a project, or about everything. */
export const query = (seed: number, project: string): RepositorySearch.Query => {
  const { below, pick } = random(seed)
  const when = <A>(value: A): A | undefined => below(4) === 0 ? value : undefined
  return {
    project: below(8) === 0 ? undefined : project,
    ref: when(pick(refs)),
    sha1: when(`sha${below(4)}`),
    flavor: when(pick(flavors)),
    status: when(pick(statuses)),
    refOrSha1: when(pick(["main", "sha1"])),
    arch: when(pick(archs)),
    distros: Array.from({ length: below(4) }, (_, index) => entry(seed * 31 + index + 1)),
    commonSha1: below(2) === 0
  }
}
