// All elements of the dashboard, for this page and for pages of others: `<script type="module" src="https://…/elements.js">`.
// What a reader looks at first asks for its values first.

export {Signals} from './signals.js';
export {SystemHealth} from './system-health.js';
export {ServiceCard} from './service-card.js';
export {Portfolio} from './portfolio.js';
export {LatencyChart} from './latency-chart.js';
export {AuditLog} from './audit-log.js';
export {Alerts} from './alerts.js';
export {Backend} from './backend.js';
export {hubOf} from './hub.js';
