import { assert, describe, it } from "@effect/vitest"
import * as KnownPaths from "@orch/server/http/KnownPaths"

describe("paths that are known", () => {
  const cases: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
    ["/rida/module-builds/", ["GET", "HEAD", "POST"]],
    ["/rida/module-builds", ["GET", "HEAD", "POST"]],
    ["/rida/module-builds/7", ["GET", "HEAD"]],
    ["/rida/module-builds/7/", ["GET", "HEAD"]],
    ["/rida/module-builds/7/8", []],
    ["/orch/v1/module-builds/7/cancel", ["POST"]],
    ["/orch/v1/module-builds/7/components/a/retry", ["POST"]],
    ["/orch/v1/module-builds/7/components/a/b/retry", []],
    ["/orch/v1/events", ["GET", "HEAD"]],
    ["/health/live", ["GET", "HEAD"]],
    ["/logs/1.log", ["GET", "HEAD"]],
    ["/repositories/modules/demo/repodata/repomd.xml", ["GET", "HEAD"]],
    ["/api/repos/a/b", ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]],
    ["/module-build-service/1/module-builds/", ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]],
    ["/api/v1/nothing", []],
    ["/rida", []],
    ["/", []]
  ]
  for (const [path, methods] of cases) {
    it(`${path} offers ${methods.length === 0 ? "nothing" : methods.join(", ")}`, () =>
      assert.deepStrictEqual([...KnownPaths.methodsOf(path)].sort(), methods))
  }

  it("may be those of several endpoints at once", () =>
    assert.deepStrictEqual([...KnownPaths.methodsOf("/orch/v1/storage-nodes/next")].sort(), [
      "DELETE",
      "PATCH",
      "POST",
      "PUT"
    ]))
})
