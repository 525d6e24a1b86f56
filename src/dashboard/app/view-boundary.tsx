import type { ComponentChildren } from "preact";
import { useErrorBoundary } from "preact/hooks";
import { Notice } from "../parts/notice.tsx";

/** Keeps the rest of the page where a view breaks, as on a reply of another version of the Worker than the page's. */
export function ViewBoundary({ children }: { readonly children: ComponentChildren }) {
	const [caught, retry] = useErrorBoundary();
	const error: unknown = caught;
	if (error === undefined) return <>{children}</>;
	return (
		<Notice kind="bad" title="This view could not be drawn">
			<p>
				The Worker may have been updated since this page was loaded. Reload the page; if that does not help, it is a
				bug.
			</p>
			<p class="code">{error instanceof Error ? error.message : String(error)}</p>
			<button type="button" class="button small" onClick={retry}>
				Try again
			</button>
		</Notice>
	);
}
