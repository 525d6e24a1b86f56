import { useEffect, useRef, useState } from "preact/hooks";
import type { FromReportFrame, ToReportFrame } from "../../report-frame/messages.ts";

/**
 * Shows an HTML report in a frame that has nobody's origin: what is in the file cannot see the dashboard's key, ask the
 * Worker, or send anything anywhere.
 */
export function ReportFrame({ name, html }: { readonly name: string; readonly html: string }) {
	const frame = useRef<HTMLIFrameElement>(null);
	const [height, setHeight] = useState(600);
	useEffect(() => {
		const hear = ({ source, data }: MessageEvent<FromReportFrame>) => {
			const inside = frame.current?.contentWindow;
			if (inside == null || source !== inside) return;
			const message: ToReportFrame = { kind: "show", html };
			// Nobody's origin cannot be named; the frame's source is this Worker's own page.
			if (data.kind === "ready") inside.postMessage(message, "*");
			else if (Number.isFinite(data.height)) setHeight(Math.min(Math.max(200, data.height), 60_000));
		};
		addEventListener("message", hear);
		return () => removeEventListener("message", hear);
	}, [html]);
	return (
		<section class="card report" aria-label={`Report ${name}`}>
			<iframe
				ref={frame}
				title={`Report ${name}`}
				src="report-frame"
				sandbox="allow-scripts"
				style={{ height: `${height}px` }}
			/>
		</section>
	);
}
