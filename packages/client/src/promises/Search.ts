/** What the Promise client finds. Plain types, held to the API's by a test. */

/** Something that was found. */
export interface SearchHit {
  readonly kind:
    | "build"
    | "module"
    | "package"
    | "package-build"
    | "release"
    | "repository"
    | "node"
    | "owner"
    | "task"
  readonly id: string
  readonly title: string
  readonly state: string | null
  /** Of modules and packages the newest module build that has them; of tasks the build they are of. */
  readonly build: number | null
  readonly by: "id" | "name" | "commit" | "prefix"
}
