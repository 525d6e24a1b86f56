import type { DraftProblem } from "./check-draft.ts";

/** Problems at their paths; each leads to its line. */
export function ProblemList({
	label,
	problems,
	onGoTo,
}: {
	readonly label: string;
	readonly problems: readonly DraftProblem[];
	readonly onGoTo: (line: number) => void;
}) {
	return (
		<ul class="problems" aria-label={label}>
			{problems.map(({ path, message, line }) => (
				<li key={`${path} ${message}`}>
					<button type="button" class="link" onClick={() => onGoTo(line)}>
						Line {line}
					</button>{" "}
					{path !== "" && <code>{path}</code>} {message}
				</li>
			))}
		</ul>
	);
}
