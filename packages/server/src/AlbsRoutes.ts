/** What each slice answers of AlmaLinux's build system's interface. */
import * as AlbsFace from "./albs/face/AlbsFace.ts"
import * as BuildNodeRoutes from "./builders/face/BuildNodeRoutes.ts"
import * as LoginRoutes from "./login/face/LoginRoutes.ts"
import * as PackageBuildRoutes from "./packagebuilds/face/PackageBuildRoutes.ts"
import * as PeopleRoutes from "./people/face/PeopleRoutes.ts"
import * as TeamRoutes from "./people/face/TeamRoutes.ts"
import * as PlatformRoutes from "./platforms/face/PlatformRoutes.ts"
import * as ProductRoutes from "./products/face/ProductRoutes.ts"
import * as ReleaseRoutes from "./releases/face/ReleaseRoutes.ts"
import * as SignRoutes from "./signing/face/SignRoutes.ts"
import * as ProjectRoutes from "./sources/face/ProjectRoutes.ts"
import * as TestRoutes from "./testruns/face/TestRoutes.ts"

/** The whole interface; `publicUrl` as in the settings. */
export const layer = (publicUrl: string | undefined) =>
  AlbsFace.layer({
    ...BuildNodeRoutes.routes,
    ...LoginRoutes.routes,
    ...PackageBuildRoutes.routes,
    ...PeopleRoutes.routes,
    ...PlatformRoutes.routes,
    ...ProductRoutes.routes,
    ...ReleaseRoutes.routes,
    ...ProjectRoutes.routes,
    ...SignRoutes.routes,
    ...TeamRoutes.routes,
    ...TestRoutes.routes
  }, publicUrl)
