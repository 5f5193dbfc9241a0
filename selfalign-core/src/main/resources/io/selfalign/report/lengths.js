// How long answers are before and after stage 4.

function lengths(part) {
  const last = part.answers[0].bins.length - 1;
  const from = (i) => i * part.width;
  const edges = part.answers[0].bins.map((_, i) => (i === last ? from(i) + ' and more' : part.width === 1 ? String(i) : from(i) + ' to ' + (from(i + 1) - 1)));
  const [before, after] = part.answers;
  const says = part.answers.length > 1
    ? 'The mean grows from ' + number(before.mean) + ' to ' + number(after.mean) + ' words: ' + number(after.mean / Math.max(1e-9, before.mean)) + ' times as long.'
    : 'The mean is ' + number(before.mean) + ' words. There is nothing to compare with: the run has only one of stages 2 and 4.';
  return figure({
    title: 'Words of an answer',
    says,
    height: 320,
    build: (t, width) => ({
      legend: legend(t, {type: width < 480 ? 'scroll' : 'plain', right: 0}),
      grid: {left: 8, right: 16, top: 38, bottom: 34, containLabel: true},
      tooltip: tooltip(t, (list) => [edges[list[0].dataIndex] + ' words', ...list.filter((p) => p.data).map((p) => p.seriesName + ': ' + percent(p.value) + ' (' + count(p.data.count) + ')')], {trigger: 'axis', axisPointer: {type: 'shadow', shadowStyle: {color: tint(t.rest, 0.15)}}}),
      xAxis: categoryAxis(t, edges, {boundaryGap: true, name: 'words', nameLocation: 'middle', nameGap: 28, nameTextStyle: {color: t.muted},
        axisLabel: {color: t.muted, interval: 4, formatter: (_, i) => (i === last ? from(i) + '+' : String(from(i)))}}),
      yAxis: valueAxis(t, '', {axisLabel: {color: t.muted, formatter: (v) => percent(v, 0)}}),
      series: part.answers.map((answers, i) => ({
        name: answers.what, type: 'bar', barGap: '-100%', barCategoryGap: '6%',
        itemStyle: {color: tint(t.colors[i === 0 ? 0 : 1], 0.62), borderColor: t.colors[i === 0 ? 0 : 1], borderWidth: 1, borderRadius: 2},
        data: answers.bins.map((n) => (n === 0 ? null : {value: n / answers.count, count: n})),
      })),
    }),
    table: table('Words of an answer', ['Answers', '#Count', '#Mean', '#10% have at most', '#Median', '#90% have at most'],
        part.answers.map((answers) => [answers.what, count(answers.count), number(answers.mean), count(answers.p10), count(answers.median), count(answers.p90)])),
  });
}
