@echo off
rem Runs the packaged command line, from any folder.
setlocal
set "MODULE=%~dp0.."
set "JAR="
for %%J in ("%MODULE%\target\selfalign-examples-*.jar") do call :consider "%%~fJ"
if not defined JAR goto notbuilt
if not exist "%MODULE%\target\lib\" goto notbuilt
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
rem The jar's manifest names the jars of target\lib.
"%JAVA%" %JAVA_OPTS% -cp "%JAR%" io.selfalign.examples.cli.SelfAlignCli %*
exit /b %ERRORLEVEL%

:consider
set "NAME=%~n1"
if "%NAME:~-8%"=="-sources" exit /b 0
if "%NAME:~-8%"=="-javadoc" exit /b 0
if "%NAME:~-6%"=="-tests" exit /b 0
set "JAR=%~1"
exit /b 0

:notbuilt
echo selfalign: not built yet; run 'mvn -q -DskipTests package' in the repository root 1>&2
exit /b 1
