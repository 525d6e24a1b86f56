import { Notice } from "../../parts/notice.tsx";
import type { Period } from "../../usage/period.ts";

/** Nothing to show yet, and what makes something to show. */
export function NoRequestsYet({ cascade, period }: { readonly cascade: string; readonly period: Period }) {
	return (
		<Notice title={`No requests in the last ${period.label}`}>
			<p>Send one with a key of this tenant, and it is counted here within seconds:</p>
			<pre tabIndex={0}>{`curl ${location.origin}/v1/chat/completions \\
  -H "authorization: Bearer $KEY" -H 'content-type: application/json' \\
  -d '{"model": "${cascade}", "messages": [{"role": "user", "content": "Hello"}]}'`}</pre>
		</Notice>
	);
}
