// Runs every audit of GraphQL over HTTP against a running gateway, and fails if one fails: MUST, SHOULD or MAY.
// Usage: node audit.mjs URL
import { serverAudits } from 'graphql-http';

const url = process.argv[2];
if (!url) {
  console.error('Usage: node audit.mjs http://127.0.0.1:4000/graphql');
  process.exit(2);
}

const failures = [];
const audits = serverAudits({ url });
for (const audit of audits) {
  const { status, reason, response } = await audit
    .fn()
    .catch((error) => ({ status: 'error', reason: error.cause ? `${error}: ${error.cause}` : String(error) }));
  if (status === 'ok') {
    console.log(`ok      ${audit.id} ${audit.name}`);
  } else {
    failures.push(audit);
    console.log(`failed  ${audit.id} ${audit.name}: ${reason}${response ? ` (HTTP ${response.status})` : ''}`);
  }
}

console.log(`${audits.length - failures.length} passed, ${failures.length} failed`);
// No audit at all would prove nothing.
process.exit(audits.length > 0 && failures.length === 0 ? 0 : 1);
