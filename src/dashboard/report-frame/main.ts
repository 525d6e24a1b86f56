import type { FromReportFrame, ToReportFrame } from "./messages.ts";

/**
 * Runs in the report's frame, whose origin is nobody's: it is given a file's text and shows its words, drawings and styles.
 * What could do anything else is taken out, and the frame's policy would not let it either.
 */
const UNWANTED = "script, link, meta, base, iframe, frame, object, embed, form, template";

function tell(message: FromReportFrame): void {
	// Nobody's origin can be named, and nothing of this is secret.
	parent.postMessage(message, "*");
}

addEventListener("message", ({ source, data }: MessageEvent<ToReportFrame>) => {
	if (source !== parent || data.kind !== "show") return;
	const report = new DOMParser().parseFromString(data.html, "text/html");
	for (const element of report.querySelectorAll(UNWANTED)) element.remove();
	for (const element of report.querySelectorAll("*"))
		for (const { name } of Array.from(element.attributes)) if (name.startsWith("on")) element.removeAttribute(name);
	const styles = [...report.querySelectorAll("style")];
	for (const style of document.head.querySelectorAll("style")) style.remove();
	document.head.append(...styles);
	document.body.replaceChildren(...report.body.childNodes);
	tell({ kind: "height", height: document.documentElement.scrollHeight });
});
new ResizeObserver(() => tell({ kind: "height", height: document.body.scrollHeight })).observe(document.body);
tell({ kind: "ready" });
