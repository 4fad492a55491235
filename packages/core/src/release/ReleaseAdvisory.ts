/** What a release tells those who install from its repositories: the erratum of people, with the packages of each repository. */
import type { Advisory, Erratum } from "../farm/Advisory.ts"
import * as Nevra from "../Nevra.ts"
import { kindOf, type ReleasePackage } from "./ReleasePackage.ts"

/** What a repository that gets these packages and modules tells; nothing where no package of it can be installed. */
export const make = (
  erratum: Erratum,
  issued: number,
  packages: ReadonlyArray<ReleasePackage>,
  modules: ReadonlyArray<{ readonly id: string; readonly artifacts: ReadonlyArray<string> }>
): Advisory | undefined => {
  const sources = new Map(packages.flatMap((one) => {
    const nevra = Nevra.parseUnsafe(one.nevra)
    return nevra.arch === "src" ? [[`${one.build} ${one.source}`, Nevra.formatFileName(nevra)] as const] : []
  }))
  const installed = packages.filter(({ nevra }) => kindOf(Nevra.parseUnsafe(nevra)) === "binary")
  const entry = ({ build, nevra, sha256, source }: ReleasePackage) => {
    const { release, version } = Nevra.parseUnsafe(nevra)
    return { nevra, sha256, source: sources.get(`${build} ${source}`) ?? `${source}-${version}-${release}.src.rpm` }
  }
  const modular = new Map(modules.flatMap(({ artifacts, id }) => artifacts.map((nevra) => [nevra, id] as const)))
  const groups = Map.groupBy(installed, ({ nevra }) => modular.get(nevra))
  const collections = [...groups].map(([module, own], index) => ({
    name: `collection-${index}`,
    ...(module === undefined ? {} : { module }),
    packages: own.map(entry).sort((a, b) => a.nevra < b.nevra ? -1 : 1)
  }))
  return collections.length === 0 ? undefined : { erratum, issued, collections }
}
