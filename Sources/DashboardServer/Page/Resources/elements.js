// All elements of the dashboard, for this page and for pages of others: `<script type="module" src="https://…/elements.js">`.

export {Alerts} from './alerts.js';
export {AuditLog} from './audit-log.js';
export {Backend} from './backend.js';
export {hubOf} from './hub.js';
export {LatencyChart} from './latency-chart.js';
export {Portfolio} from './portfolio.js';
export {ServiceCard} from './service-card.js';
export {Signals} from './signals.js';
export {SystemHealth} from './system-health.js';
