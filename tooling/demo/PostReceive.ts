/** The hook of a demo's repository: tells the server of a push as a gitea does, signed with the secret that they share. */
import { createHmac, randomUUID } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"

const { cloneUrl, name, secret, url } = JSON.parse(
  readFileSync(join(import.meta.dirname, "forge.json"), "utf8")
) as { readonly cloneUrl: string; readonly name: string; readonly secret: string; readonly url: string }

for (const line of readFileSync(0, "utf8").trim().split("\n")) {
  const [before, after, ref] = line.split(" ")
  const body = JSON.stringify({
    ref,
    before,
    after,
    pusher: { login: "packager" },
    repository: { full_name: name, clone_url: cloneUrl }
  })
  const reply = await fetch(`${url}/hooks/gitea`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-gitea-event": "push",
      "x-gitea-delivery": randomUUID(),
      "x-gitea-signature": createHmac("sha256", secret).update(body).digest("hex")
    },
    body
  })
  if (!reply.ok) {
    console.error(`the server did not take the push: ${reply.status} ${await reply.text()}`)
    process.exitCode = 1
  }
}
