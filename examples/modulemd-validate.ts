/** Reads module metadata with mistakes: the good documents come back, and every mistake with its place and a hint. */
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as ModulemdDocument from "@orch/core/modulemd/ModulemdDocument"
import * as Problem from "@orch/core/modulemd/ModulemdProblem"

const text = `---
document: modulemd
version: 2
data:
  name: perl
  stream: 5.30          # not quoted: other readers make 5.3 of it
  summary: Practical Extraction and Report Language
  description: A family of programming languages.
  license: {module: [MIT]}
  components:
    rpms:
      perl:
        rationale: The interpreter.
        builorder: 1
---
document: modulemd-defaults
version: 1
data:
  module: perl
  stream: "5.30"
`

const { documents, problems } = Modulemd.read(text)
console.log(documents.map((document) => `${document._tag} ${ModulemdDocument.nsvca(document)}`).join(", "))
// > ModuleDefaults perl:5.30
for (const problem of problems) console.log(Problem.format(problem, "perl.yaml"))
// > perl.yaml:6:11: warning unquoted-number: data.stream: other YAML readers take 5.30 for a number or boolean (write "5.30")
// > perl.yaml:14:9: error unknown-key: data.components.rpms.perl.builorder: "builorder" is not a key of a package component (did you mean buildorder?; the compat profile keeps the document)
