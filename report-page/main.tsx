import { render } from 'preact'
import { useEffect } from 'preact/hooks'
import { CaseView } from './case.tsx'
import { CasesView } from './cases.tsx'
import { Overview } from './overview.tsx'
import { RequirementsView } from './requirements.tsx'
import { listLink, type Route, useRoute } from './route.ts'
import { DATA } from './run.ts'
import './style.css'

function Page() {
  const route = useRoute()
  const where = route.view === 'case' ? `case ${route.case}` : route.view
  // Another view begins at its top, and a screen reader begins at its heading.
  useEffect(() => {
    if (route.view !== 'case' || route.packet === undefined) scrollTo(0, 0)
  }, [where])
  const link = (view: Route['view'], href: string, text: string) => (
    <a href={href} aria-current={route.view === view ? 'page' : undefined}>
      {text}
    </a>
  )
  return (
    <>
      <button type="button" class="skip-link" onClick={skip}>
        Skip to the content
      </button>
      <header class="top">
        <a class="name" href="#/">
          pptpspec
        </a>
        <nav aria-label="Parts of the report">
          {link('overview', '#/', 'Overview')}
          {link('requirements', listLink('requirements'), 'Requirements')}
          {link('cases', listLink('cases'), 'Cases')}
        </nav>
      </header>
      {DATA.run.incomplete !== undefined && (
        <p class="incomplete" role="note">
          <strong>Incomplete:</strong> {DATA.run.incomplete}. What follows is what there is.
        </p>
      )}
      <main id="content" tabIndex={-1}>
        <View route={route} />
      </main>
    </>
  )
}

/** A link would change the fragment, which names the view. */
function skip(): void {
  document.getElementById('content')?.focus()
}

function View({ route }: { route: Route }) {
  switch (route.view) {
    case 'overview':
      return <Overview />
    case 'requirements':
      return <RequirementsView filter={route.filter} />
    case 'cases':
      return <CasesView filter={route.filter} />
    case 'case':
      return <CaseView key={route.case} at={route.case} packet={route.packet} />
    case 'unknown':
      return (
        <>
          <h1>Nothing here</h1>
          <p>
            This run has no such case. <a href={listLink('cases')}>All cases</a>
          </p>
        </>
      )
  }
}

const place = document.getElementById('page')
if (place !== null) render(<Page />, place)
