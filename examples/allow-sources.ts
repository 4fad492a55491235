/** Reads SCM URLs in the notations of the field and decides which of them may be built from. */
import * as ScmAllowList from "@orch/core/ScmAllowList"
import * as ScmUrl from "@orch/core/ScmUrl"
import * as Result from "effect/Result"

const allowed = ScmAllowList.parseUnsafe("https://src.example.org/modules, git://pkgs.example.org")

for (
  const text of [
    "git://pkgs.example.org/modules/foo.git/foo.yaml?#f1d2d2f924e986ac86fdf7b36c94bcdf32beec15",
    "git+https://src.example.org/modules/bar?#stream-1.0",
    "https://src.example.org/modules-of-others/bar?#main",
    "https://src.example.org/modules/../secret?#main",
    "https://src.example.org/modules/foo?#--upload-pack=id"
  ]
) {
  const url = Result.flatMap(ScmUrl.parse(text), (read) => ScmAllowList.check(allowed, read))
  console.log(
    Result.isSuccess(url) ? `${ScmUrl.format(url.success)} (${ScmUrl.modulemdPath(url.success)})` : url.failure.message
  )
}
// > git://pkgs.example.org/modules/foo.git?foo.yaml#f1d2d2f924e986ac86fdf7b36c94bcdf32beec15 (foo.yaml)
// > https://src.example.org/modules/bar?#stream-1.0 (bar.yaml)
// > https://src.example.org/modules-of-others/bar is not an allowed source; allowed: https://src.example.org/modules,git://pkgs.example.org
// > "https://src.example.org/modules/../secret?#main" is not an SCM URL: a path segment is '..', starts with '-', or holds a backslash, an encoded slash or a broken escape
// > "https://src.example.org/modules/foo?#--upload-pack=id" is not an SCM URL: the part after '#' is not a commit, branch or tag name
