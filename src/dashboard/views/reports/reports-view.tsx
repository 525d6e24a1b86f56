import { useId, useState } from "preact/hooks";
import { ReportsIcon } from "../../parts/icons.tsx";
import { Notice } from "../../parts/notice.tsx";
import type { View } from "../view.ts";
import { readReport, type OpenedReport } from "./read-report.ts";
import { ReportFrame } from "./report-frame.tsx";
import { TuningSummary } from "./tuning-summary.tsx";

/** Reports of the offline tuner, opened from the disk and sent nowhere. */
export const reportsView: View = {
	name: "reports",
	title: "Reports",
	about: "A report that cascade tune has written, opened from your disk. It stays in this browser.",
	icon: ReportsIcon,
	needsCascade: false,
	Component: Reports,
};

function Reports() {
	const ids = { file: useId(), hint: useId() };
	const [opened, setOpened] = useState<OpenedReport | null>(null);
	const [trouble, setTrouble] = useState<string | null>(null);
	const [isOver, setOver] = useState(false);
	const open = async (file: File | undefined) => {
		if (file === undefined) return;
		const report = await readReport(file);
		setTrouble(report.ok ? null : report.error);
		setOpened(report.ok ? report.value : null);
	};
	return (
		<>
			<section
				class={isOver ? "card drop over" : "card drop"}
				aria-label="Open a report"
				onDragOver={(event) => {
					event.preventDefault();
					setOver(true);
				}}
				onDragLeave={() => setOver(false)}
				onDrop={(event) => {
					event.preventDefault();
					setOver(false);
					void open(event.dataTransfer?.files[0]);
				}}
			>
				<div class="field">
					<label for={ids.file}>Report file, HTML or JSON; or drop it here</label>
					<input
						id={ids.file}
						type="file"
						accept=".html,.json,text/html,application/json"
						aria-describedby={ids.hint}
						onChange={({ currentTarget }) => void open(currentTarget.files?.[0])}
					/>
				</div>
				<p class="hint" id={ids.hint}>
					<code>cascade tune LOG --html report.html</code> writes one with plots, <code>--json</code> prints its
					figures.
				</p>
			</section>
			{trouble !== null && (
				<Notice kind="bad">
					<p>{trouble}</p>
				</Notice>
			)}
			{opened?.kind === "html" && <ReportFrame key={opened.name} name={opened.name} html={opened.html} />}
			{opened?.kind === "json" && <TuningSummary name={opened.name} tuning={opened.tuning} />}
		</>
	);
}
