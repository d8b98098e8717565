import { html, type Markup } from './markup.ts'
import { verdictShape } from './shapes.ts'

/** The rules that a reader needs to trust or doubt a row, in the page itself: the page outlives its documentation. */
export const howToRead: Markup = html`<section id="how-to-read"><h2>How to read this</h2><dl>
<dt>${verdictShape('pass', 16)} met, passed</dt><dd>The whole interval of what was measured lies within the bound. A run has passed when every judged objective was met.</dd>
<dt>${verdictShape('fail', 16)} missed, failed</dt><dd>The whole interval lies beyond the bound, or what should have ended had not. One missed objective fails the run.</dd>
<dt>${verdictShape('unknown', 16)} unknown, inconclusive</dt><dd>It cannot be told from this run: the bound lies inside the interval, or the evidence is missing. No evidence is never a pass.</dd>
<dt>not assessed</dt><dd>Cannot be measured on this system. It is outside the verdict and proves nothing.</dd>
<dt>latency</dt><dd>From the moment a user wanted to make the call to its right answer, so that waiting for a slow system counts. A call that failed or was never answered has a latency without end: fast refusals cannot improve a percentile.</dd>
<dt>service time</dt><dd>From the moment a call was sent. While the system stands still, each user has one call in it and sends no other, so that a stall is in few service times and in the latency of every call that was due meanwhile. Where latency is long and service time short, users waited for an earlier answer.</dd>
<dt>late</dt><dd>A call sent late because its user still waited for the system counts against the system. One that the load generator itself began late counts against nobody: over 1 % of them, and nothing can be said.</dd>
<dt>p95</dt><dd>95 of 100 calls took at most this long. Percentiles come from all calls of a window and are never averaged.</dd>
<dt>interval</dt><dd>The range in which the true value lies, given how few or how alike the samples were.</dd>
<dt>at least</dt><dd>It was not over when the observation ended; how much more it was, nobody saw.</dd>
<dt>window</dt><dd>A stretch of the run: “.clear” leaves out faults and recoveries, a fault's own name is the time from its request until its end was verified, “.recovery” is what followed.</dd>
<dt>strips</dt><dd>The track begins at 0 unless it says log axis. The upright line is the bound and the tinted side is beyond it; the fading band is the interval, the thick stroke the value. Hatched: no value.</dd>
<dt>times</dt><dd>Seconds from the start of the load on all axes; times of day are UTC.</dd>
</dl></section>
`
