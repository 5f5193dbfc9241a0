// With what options the run was made.

function configuration(part) {
  return el('div', 'card', ...part.stages.map((stage) => {
    const rows = stage.settings.map((setting) => [setting.name || '(value)', setting.value]);
    const settings = rows.length ? table('Settings of ' + stage.stage, ['Setting', 'Value'], rows) : el('p', 'note', 'It has no settings.');
    if (rows.length) settings.className = 'settings';
    const inputs = [...stage.inputs, ...stage.after.map((name) => 'after ' + name)].join(', ');
    const element = el('details', 'stage',
        el('summary', '', stage.stage, el('span', 'kind', stage.records + (inputs ? ' · from ' + inputs : ''))),
        el('p', 'note', 'Fingerprint ', el('code', '', stage.fingerprint)), settings,
        stage.more > 0 ? el('p', 'note', plural(stage.more, 'setting') + ' more in manifest.json.') : null);
    return element;
  }));
}
