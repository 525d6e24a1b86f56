/** What the dashboard tells the report's frame. */
export interface ToReportFrame {
	readonly kind: "show";
	readonly html: string;
}

/** What the report's frame tells the dashboard: that it listens, and how high it is, in CSS pixels. */
export type FromReportFrame = { readonly kind: "ready" } | { readonly kind: "height"; readonly height: number };
