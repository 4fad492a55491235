/** All pages. Whoever writes one adds its address to the site map of `@orch/web` and its module here. */
import type { Feature } from "@orch/web/SiteMap"
import * as AboutPages from "./AboutPages.ts"
import * as AdministrationPages from "./AdministrationPages.ts"
import * as BuildPages from "./BuildPages.ts"
import * as CampaignPages from "./CampaignPages.ts"
import * as CommitPages from "./CommitPages.ts"
import * as FarmPages from "./FarmPages.ts"
import * as FeedPages from "./FeedPages.ts"
import * as FindPages from "./FindPages.ts"
import * as GatePages from "./GatePages.ts"
import * as HistoryPages from "./HistoryPages.ts"
import * as LogPages from "./LogPages.ts"
import * as MePages from "./MePages.ts"
import * as OldAddresses from "./OldAddresses.ts"
import * as PackageBuildPages from "./PackageBuildPages.ts"
import * as PackagePages from "./PackagePages.ts"
import type { PageModule } from "./PageModule.ts"
import * as PlannerPages from "./PlannerPages.ts"
import * as ReferencePages from "./ReferencePages.ts"
import * as ReleasePages from "./ReleasePages.ts"

/** What of the settings pages depend on. */
export interface Settings {
  readonly auth: string
  readonly buildSystem: string
  readonly publicUrl: string | undefined
  readonly gatingDirectory: string | undefined
  readonly greenwaveUrl: string | undefined
  readonly nodeJwtSecret: unknown
  readonly githubClientId: string | undefined
}

/** The pages of an installation. */
export const all = ({ auth, buildSystem }: Settings): ReadonlyArray<PageModule> => [
  ...FeedPages.pages,
  ...BuildPages.pages,
  ...LogPages.pages,
  ...OldAddresses.pages,
  ...PlannerPages.pages,
  ...PackageBuildPages.pages,
  ...PackagePages.pages,
  ...ReleasePages.pages,
  ...CampaignPages.pages,
  ...GatePages.pages,
  ...HistoryPages.pages,
  ...CommitPages.pages,
  ...FarmPages.pages,
  ...AdministrationPages.pages,
  ...FindPages.pages,
  ...MePages.pages,
  ...ReferencePages.pages,
  ...AboutPages.pages(buildSystem, auth)
]

/** What an installation has. Where build nodes are, packages are built and released. */
export const features = (
  { buildSystem, gatingDirectory, githubClientId, greenwaveUrl, nodeJwtSecret }: Settings
): ReadonlySet<Feature> => {
  const hasNodes = buildSystem === "pool" || nodeJwtSecret !== undefined
  const found: ReadonlyArray<readonly [Feature, boolean]> = [
    ["package-builds", hasNodes],
    ["releases", hasNodes],
    ["gates", gatingDirectory !== undefined || greenwaveUrl !== undefined],
    ["accounts", githubClientId !== undefined]
  ]
  return new Set(found.flatMap(([feature, isThere]) => isThere ? [feature] : []))
}
