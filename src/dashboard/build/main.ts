import { buildAdminDocuments } from "./build-admin-documents.ts";
import { buildDashboard } from "./build-dashboard.ts";

/** What `wrangler.control.toml` runs before it uploads anything. */
await buildDashboard();
await buildAdminDocuments();
