/** Elements of pages. Text becomes text whatever is in it; nothing here takes markup. */
import { type ComponentChildren, createElement, type VNode } from "preact"

/** An element with its attributes, named as in HTML, and what is in it; nulls are nothing. */
export const h = (
  tag: string,
  attributes: Readonly<Record<string, string | number | boolean>> | null,
  ...children: ReadonlyArray<ComponentChildren>
): VNode => createElement(tag, attributes as Record<string, unknown>, ...children) as VNode
