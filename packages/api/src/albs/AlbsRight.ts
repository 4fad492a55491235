/** Who may call an endpoint of AlmaLinux's build system's interface: declared by the endpoint, enforced on the matched route. */
import * as Context from "effect/Context"

/**
 * - `public`: everybody, always: logging in.
 * - `read`: everybody, unless the installation closes reads; then whoever is known.
 * - `user`: whoever can say who they are.
 * - `packager`: whoever may begin builds.
 * - `team`: a packager, and the handler checks that what is changed is theirs or their team's.
 * - `node`, `signer`, `tester`: machines that build, sign and test.
 * - `releaser`: those who may change production repositories.
 * - `admin`: those who run the place.
 */
export type AlbsRightName =
  | "public"
  | "read"
  | "user"
  | "packager"
  | "team"
  | "node"
  | "signer"
  | "tester"
  | "releaser"
  | "admin"

/** The annotation of an endpoint: `endpoint.annotate(AlbsRight, "node")`. An endpoint without one is refused to everybody. */
export class AlbsRight extends Context.Service<AlbsRight, AlbsRightName>()("@orch/api/albs/AlbsRight") {}
