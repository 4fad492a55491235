/**
 * Gives each page of the reference the comment that opens its file. TypeDoc takes such a comment for the module's only where it
 * bears a tag; here every file opens with one, so none needs a tag.
 */
import { Comment, Converter, ReflectionKind } from "typedoc"

/** @param {import("typedoc").Application} app */
export const load = (app) => {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return
    const file = context.getSymbolFromReflection(reflection)?.declarations?.[0]?.getSourceFile()
    const opening = /^(?:#!.*\n)?\s*\/\*\*([\s\S]*?)\*\//.exec(file?.text ?? "")?.[1]
    if (opening === undefined || reflection.hasComment()) return
    const text = opening.split("\n").map((line) => line.replace(/^\s*\* ?/, "")).join("\n").trim()
    reflection.comment = new Comment([{ kind: "text", text }])
  })
}
