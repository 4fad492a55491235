/**
 * Which repositories may go: too old, not promoted to a release, and not among the newest few of their ref.
 *
 * chacra's purge applies the minimum to the already-old ones, so a busy ref keeps too many and a quiet one too few; here the
 * newest `keepPerRef` of a (project, ref, flavor, distro, version) stay whatever their age.
 */

/** What decides about one repository; times in microseconds since the epoch. */
export interface Candidate {
  readonly id: number
  readonly place: string
  readonly modified: bigint
  readonly promoted: boolean
}

/** `keepDays` 0 keeps everything. */
export interface Policy {
  readonly keepDays: number
  readonly keepPerRef: number
}

const dayMicroseconds = 86_400_000_000n

/** Ids to remove at `now`, oldest first. Promoted ones are kept for ever and do not count towards `keepPerRef`. */
export const expired = (policy: Policy, candidates: ReadonlyArray<Candidate>, now: bigint): ReadonlyArray<number> => {
  if (policy.keepDays <= 0) return []
  const limit = now - BigInt(policy.keepDays) * dayMicroseconds
  const seen = new Map<string, number>()
  const ids: Array<number> = []
  const newestFirst = candidates.filter((each) => !each.promoted).sort((a, b) =>
    a.modified === b.modified ? b.id - a.id : a.modified < b.modified ? 1 : -1
  )
  for (const each of newestFirst) {
    const place = (seen.get(each.place) ?? 0) + 1
    seen.set(each.place, place)
    if (place > policy.keepPerRef && each.modified < limit) ids.push(each.id)
  }
  return ids.reverse()
}
