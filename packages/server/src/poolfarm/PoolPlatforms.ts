/** The platforms that nodes build for, as streams of the base module: `AlmaLinux-8`, whose packages are called `.el8`, is `el8`. */
import type { Platform } from "../platforms/Platforms.ts"

/** The stream that a platform stands for: what its dist tag says, where that is a plain one, or else its own name. */
export const streamOf = ({ data, name }: Pick<Platform, "data" | "name">): string => {
  const dist = /^\.([a-z]+\d+)$/.exec(String(data.definitions?.["dist"] ?? ""))?.[1]
  return dist ?? (data.mock_dist === undefined || data.mock_dist === "" ? name : data.mock_dist)
}

/** Platforms by their streams; of several for one stream the first that was made. */
export const byStream = (platforms: ReadonlyArray<Platform>): ReadonlyMap<string, Platform> => {
  const found = new Map<string, Platform>()
  for (const platform of platforms.filter(({ type }) => type === "rpm").sort((a, b) => a.id - b.id)) {
    const stream = streamOf(platform)
    if (!found.has(stream)) found.set(stream, platform)
  }
  return found
}

/** Architectures that packages are built for. */
export const archesOf = ({ archList }: Platform): ReadonlyArray<string> => archList.filter((arch) => arch !== "src")
